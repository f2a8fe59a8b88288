/** Ids for drafted flows: of the queue's name, unique among flows in force and other drafts. */

const LONGEST = 64;

/** The name as an id: a to z, digits and hyphens. */
export function slugOf(name: string): string {
  const slug = name.normalize('NFKD').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, LONGEST).replace(/-+$/, '');
  return slug === '' ? 'queue' : slug;
}

export class FlowIds {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** The first free of `name`, `vhost-name`, `name-2`, `name-3` …; taken from then on. */
  take(name: string, vhost: string): string {
    const slug = slugOf(name);
    const candidates = vhost === '/' ? [slug] : [slug, slugOf(`${vhost}-${name}`)];
    let id = candidates.find((candidate) => !this.#taken.has(candidate));
    for (let number = 2; id === undefined; number++) {
      const suffix = `-${number}`;
      const candidate = slug.slice(0, LONGEST - suffix.length) + suffix;
      if (!this.#taken.has(candidate)) id = candidate;
    }
    this.#taken.add(id);
    return id;
  }
}
