import { prepareDatabase } from "../../../main/adapters/storage/database/open/prepare.ts";
import { migrations } from "../../../main/adapters/storage/database/schema/migrations.ts";
import { openDatabase } from "../../../main/adapters/storage/database/sqlite-driver.ts";

/** Migrates the database at argv[2] and kills itself before statement argv[4] of migration argv[3]. */
const [, , path = "", version, index] = process.argv;
prepareDatabase(openDatabase({ path, access: "write" }), migrations, (step, number) => {
	if (step.version === Number(version) && number === Number(index)) process.kill(process.pid, "SIGKILL");
});
