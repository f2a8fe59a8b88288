import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What suites with an engine of their own call: these take minutes, all others seconds. */
const STARTS_AN_ENGINE = /\b(startTestBroker|ownBrokerSuite|ownLeverSuite|openControlRoom|startRabbitMq)\(/;

/** Long suites first, or one that begins last is waited for alone. Within both groups as vitest would: the larger file first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = new Map(sorted.map((file) => [file, STARTS_AN_ENGINE.test(readFileSync(file.moduleId, 'utf8'))]));
    return sorted.toSorted((a, b) => Number(isLong.get(b)) - Number(isLong.get(a)));
  }
}
