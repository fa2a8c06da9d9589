// npm run test:electron: the same specs on the real binary (the set-up script has found it). Arguments go to vitest.
import "./e2e.mjs";
