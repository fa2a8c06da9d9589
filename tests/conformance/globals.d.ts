// What the plain fixture puts on the global object of its main process.
declare var fixture: import("./fixture.ts").PlainFixture;
