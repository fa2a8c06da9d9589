import { expect, test } from "vitest";
import { sessionBusSocket } from "./bus-address.ts";

test.each([
	[{ DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus" }, "/run/user/1000/bus"],
	[{ DBUS_SESSION_BUS_ADDRESS: "unix:path=/tmp/a%20b,guid=12" }, "/tmp/a b"],
	[{ DBUS_SESSION_BUS_ADDRESS: "unix:guid=1,abstract=/tmp/dbus-x" }, "\0/tmp/dbus-x"],
	[{ DBUS_SESSION_BUS_ADDRESS: "unix:runtime=yes", XDG_RUNTIME_DIR: "/run/user/1" }, "/run/user/1/bus"],
	[{ DBUS_SESSION_BUS_ADDRESS: "tcp:host=localhost,port=1;unix:path=/x" }, "/x"],
	[{ DBUS_SESSION_BUS_ADDRESS: "unixexec:path=/bin/sh,argv1=-c" }, null],
	[{ DBUS_SESSION_BUS_ADDRESS: "autolaunch:", XDG_RUNTIME_DIR: "/run/user/1" }, null],
	[{ DBUS_SESSION_BUS_ADDRESS: "", XDG_RUNTIME_DIR: "/run/user/1" }, "/run/user/1/bus"],
	[{ DBUS_SESSION_BUS_ADDRESS: "unix:path" }, null],
	[{ DBUS_SESSION_BUS_ADDRESS: "unix:path=/%zz" }, "/%zz"],
	[{}, null],
])("%j leads to %j", (environment, expected) => {
	expect(sessionBusSocket(environment)).toBe(expected);
});
