import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseContractFile } from './parse-contract-file';
import { CONTRACT_RULES } from './rules';

const reference = readFileSync(new URL('../../../docs/contracts.md', import.meta.url), 'utf8');

describe('the reference of the contract language', () => {
  it('lists every rule with its sentence, and no other', () => {
    const listed = reference.slice(reference.indexOf('## Rules')).split('\n').filter((line) => line.startsWith('| `'));
    expect(listed).toEqual(Object.entries(CONTRACT_RULES).map(([id, sentence]) => `| \`${id}\` | ${sentence} |`));
  });

  it('shows only examples that are valid', () => {
    const examples = [...reference.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThanOrEqual(6);
    expect(examples.flatMap((text, index) => parseContractFile(`example ${index + 1}`, text).problems)).toEqual([]);
  });
});
