/** Who signs in to the reference server of the benches. */
export const account = { userName: "agent", secret: "secret" };
