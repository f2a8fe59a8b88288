import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { spreadOut } from './spread-out';

/** What suites with an engine of their own call: these take minutes, all others seconds. */
const STARTS_AN_ENGINE = /\b(startTestBroker|ownBrokerSuite|ownLeverSuite|openControlRoom|startRabbitMq)\(/;

/**
 * Long suites early, or one that begins last is waited for alone. But not all of them at once: they mostly wait, and the
 * others, which keep a processor busy, then had to follow alone. Within both kinds as vitest would: the larger file first.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = new Map(sorted.map((file) => [file, STARTS_AN_ENGINE.test(readFileSync(file.moduleId, 'utf8'))]));
    return spreadOut(sorted, (file) => isLong.get(file) === true);
  }
}
