import { join } from "node:path";
import { optionList } from "./docs/option-list.ts";
import { optionsPage } from "./docs/options-page.ts";
import { optionsSchemaFile } from "./docs/options-schema.ts";
import { planPicture } from "./docs/plan-picture.ts";
import { ROOT } from "./scripted-host/sandbox.ts";

// Writes what the documents take from the code; `--picture` also takes the picture of a plan anew, which needs Chromium.

const options = await optionList();
await Bun.write(join(ROOT, "docs/options.md"), optionsPage(options));
await Bun.write(join(ROOT, "docs/options.schema.json"), optionsSchemaFile(options));
if (process.argv.includes("--picture")) await Bun.write(join(ROOT, "docs/plan.jpg"), await planPicture());
