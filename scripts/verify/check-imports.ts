import { checkGraph } from './import-rules/check-graph';
import { buildModuleGraph } from './import-rules/module-graph';
import { readSourceFiles } from './source-files';

// `npm run lint:imports`: prints each broken import rule and fails when there is one.
const files = readSourceFiles(process.cwd());
const violations = checkGraph(buildModuleGraph(files));
for (const { rule, message } of violations) console.error(`${rule}:\n  ${message}`);
if (violations.length > 0) process.exitCode = 1;
console.log(`${files.size} modules, ${violations.length} broken import rules`);
