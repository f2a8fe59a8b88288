import { basename } from 'node:path';
import { validateFile } from '@/server/services/contracts/validate-file';
import { required } from '../arguments';
import type { Command } from '../command';
import { readTextFile } from '../read-text-file';

export const contractValidate: Command = async (context, { options }) => {
  const path = required(options, 'file');
  const checked = await validateFile(context, { file: basename(path), yaml: await readTextFile(path) });
  const named = checked.documents.map(({ kind, id, version }) => `${kind} ${id} ${version}`).join(', ');
  const problems = checked.problems.map(({ file, line, rule, message }) => `${file}${line === null ? '' : `:${line}`} ${rule}: ${message}`);
  return {
    data: checked,
    text: problems.length > 0 ? problems.join('\n') : `No problems: ${named} can be put into the contract folder.`,
    exitCode: problems.length > 0 ? 1 : 0,
  };
};
