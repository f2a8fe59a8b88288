/** One page of a list that is ordered by id; `cursor` is the id of the last item of the page before. */
export function pageOf<T extends { id: string }>(all: readonly T[], { limit, cursor }: { limit: number; cursor?: string }): { items: T[]; nextCursor: string | null } {
  const rest = cursor === undefined ? all : all.filter(({ id }) => id > cursor);
  const items = rest.slice(0, limit);
  return { items, nextCursor: rest.length > items.length ? items.at(-1)?.id ?? null : null };
}
