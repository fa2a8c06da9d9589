// npm run build: the bundles in dist/.
import { build } from "../task-tools/bundle.mjs";

process.exitCode = await build();
