import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Rendering } from './render-document';
import { renderDocument } from './render-document';

/** Remembers which files are ours, so that others in the same folder are never touched. */
const MANIFEST = '.sandbox-contracts.json';

/**
 * Renders the contracts of a folder into another: writes what changed, removes what was rendered before and no longer
 * exists, and leaves every other file alone.
 */
export async function renderContracts({ from, to, ...rendering }: Rendering & { from: string; to: string }): Promise<void> {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { recursive: true });
  const names = entries.filter((name) => name.endsWith('.yaml')).toSorted();
  const earlier = await earlierNames(to);
  // Claimed before they are written: a render that is cut short must not find its own files foreign next time.
  const texts = await renderAll(names, from, rendering);
  await refuseForeign(names, texts, to, earlier);
  await writeManifest(to, [...new Set([...earlier, ...names])].toSorted());
  for (const name of names) {
    const target = join(to, name);
    const text = texts.get(name) ?? '';
    if ((await readIfThere(target)) === text) continue;
    await mkdir(dirname(target), { recursive: true });
    await replace(target, text);
  }
  for (const name of earlier) {
    if (!names.includes(name)) await rm(join(to, name), { force: true });
  }
  await writeManifest(to, names);
}

async function renderAll(names: readonly string[], from: string, rendering: Rendering): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const name of names) texts.set(name, renderDocument(await readFile(join(from, name), 'utf8'), rendering));
  return texts;
}

async function refuseForeign(names: readonly string[], texts: ReadonlyMap<string, string>, to: string, earlier: readonly string[]): Promise<void> {
  for (const name of names) {
    const target = join(to, name);
    const existing = earlier.includes(name) ? undefined : await readIfThere(target);
    if (existing === undefined || existing === texts.get(name)) continue;
    throw new Error(`${target} exists and was not written by the sandbox. Move it away, or give SANDBOX_CONTRACTS_OUT another folder.`);
  }
}

async function writeManifest(to: string, names: readonly string[]): Promise<void> {
  const manifest = `${JSON.stringify(names, null, 2)}\n`;
  if ((await readIfThere(join(to, MANIFEST))) !== manifest) await replace(join(to, MANIFEST), manifest);
}

async function earlierNames(to: string): Promise<string[]> {
  const manifest = await readIfThere(join(to, MANIFEST));
  if (manifest === undefined) return [];
  const names: unknown = JSON.parse(manifest);
  if (!Array.isArray(names)) return [];
  // Only names inside the folder: a manifest that somebody edited must not delete elsewhere.
  return names.filter((name): name is string => typeof name === 'string' && !name.split('/').includes('..') && !name.startsWith('/'));
}

async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Replaces a file in one step, so that a reader never sees half of it. */
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text);
  await rename(draft, file);
}
