import { parseSync, Visitor } from 'oxc-parser';
import { UNAUDITED_WRITES } from './unaudited-writes';

/** One source file as the conventions look at it. */
export interface SourceText {
  path: string;
  lines: number;
  /** Without comments. */
  code: string;
  /** The texts of its string and template literals: where SQL, attribute names and messages are. */
  strings: string[];
  comments: string[];
}

/** Something that a team agreed on and a linter does not know. */
export interface Convention {
  name: string;
  appliesTo: RegExp;
  except?: RegExp;
  /** What breaks it, as found in the file; empty when it holds. */
  breaks(source: SourceText): string[];
}

/** Drizzle's ways to change something, on what a database or a transaction is called here; and SQL that does. */
const WRITES = /\b(db|tx|database)\s*\.\s*(transaction|insert|update|delete)\(/;
const WRITING_SQL = /^\s*(insert into|update \w+ set|delete from|truncate)\b/i;
/** What ends in the audit trail. */
const AUDITS = /\b(audited|recordAudit|changeSource|changeHold|recordSignIn|recordDenial)\(/;

const TEST = /\.test\.tsx?$|\/testing\//;

export const CONVENTIONS: readonly Convention[] = [
  {
    name: 'a file has at most 400 lines',
    appliesTo: /./,
    breaks: ({ lines }) => (lines > 400 ? [`${lines} lines`] : []),
  },
  {
    name: 'a file name says what is inside',
    appliesTo: /./,
    breaks: ({ path }) => path.match(/(^|[/-])(utils?|helpers?|common|misc|managers?)(?=[./-]|$)/g) ?? [],
  },
  {
    name: 'no SQL asks for the time: it is a parameter, so that it can be tested',
    // Column defaults of the Postgres schema are bookkeeping and stay.
    appliesTo: /^(server|collectors)\//,
    except: TEST,
    breaks: ({ strings }) => strings.flatMap((text) => text.match(/\b(now|now64|today|yesterday)\s*\(\s*\d*\s*\)|\bcurrent_(timestamp|date|time)\b/gi) ?? []),
  },
  {
    name: 'the domain reads no clock, chance or environment',
    appliesTo: /^server\/domain\//,
    // An id may be born now; callers that replay a time pass it.
    except: /^server\/domain\/ids\.ts$|\.test\.ts$/,
    breaks: ({ code }) => code.match(/\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bMath\.random\b|\bprocess\.\w+/g) ?? [],
  },
  {
    // But for what its owners permit by name: queues of an observer on the broker, the gate in the database.
    name: 'the sandbox never speaks signalbox.*',
    appliesTo: /^sandbox\//,
    breaks: ({ strings }) => strings.flatMap((text) => text.match(/\bsignalbox\.(?!tap\.|gate\b)[\w.]+/gi) ?? []),
  },
  {
    name: 'a test waits for a condition, never for a time',
    appliesTo: TEST,
    breaks: ({ code }) => code.match(/\bsetTimeout\(\s*(resolve|r|done|ok)\b[^)]*\)|\bawait (sleep|delay|setTimeout|wait)\(\s*[\d_]+[^)]*\)|\bwaitForTimeout\b/g) ?? [],
  },
  {
    name: 'nothing is left to do later and no check is switched off',
    appliesTo: /./,
    breaks: ({ comments }) =>
      comments.flatMap((text) => text.match(/\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)|\b(oxlint|eslint)-disable\S*/g) ?? []),
  },
  {
    name: 'a verb that changes something writes the audit trail, or says why not',
    appliesTo: /^server\/services\//,
    except: TEST,
    breaks: ({ path, code, strings }) => {
      const writes = WRITES.test(code) || strings.some((text) => WRITING_SQL.test(text));
      const excused = Object.hasOwn(UNAUDITED_WRITES, path);
      if (writes && !AUDITS.test(code) && !excused) return ['writes to the database and calls neither audited nor recordAudit'];
      return excused && (!writes || AUDITS.test(code)) ? ['needs no place in unaudited-writes.ts any more'] : [];
    },
  },
  {
    name: 'own modules are imported without a file extension',
    appliesTo: /\.tsx?$/,
    breaks: ({ code }) => code.match(/\bfrom '(\.|@\/)[^']*\.tsx?'/g) ?? [],
  },
];

/** What breaks the convention in these files, as `path: what`. */
export function breaksOf(convention: Convention, sources: readonly SourceText[]): string[] {
  return sources
    .filter(({ path }) => convention.appliesTo.test(path) && !convention.except?.test(path))
    .flatMap((source) => convention.breaks(source).map((what) => `${source.path}: ${what}`));
}

/** Takes a module apart. */
export function readSourceText(path: string, text: string): SourceText {
  const lines = text.split('\n').length;
  const { program, comments } = parseSync(path, text);
  const strings: string[] = [];
  new Visitor({
    Literal: ({ value }) => {
      if (typeof value === 'string') strings.push(value);
    },
    TemplateElement: ({ value }) => {
      strings.push(value.raw);
    },
  }).visit(program);
  return {
    path,
    lines,
    code: withoutRanges(text, comments),
    strings,
    comments: comments.map((comment) => comment.value),
  };
}

function withoutRanges(text: string, ranges: readonly { start: number; end: number }[]): string {
  let end = 0;
  let kept = '';
  for (const range of ranges) {
    kept += text.slice(end, range.start);
    end = range.end;
  }
  return kept + text.slice(end);
}
