import { product } from './product';

/** Switches a fault of the sandbox hospital on or off, over its public control interface. */
export async function switchFault(name: string, on: boolean): Promise<void> {
  const response = await fetch(new URL('/api/faults', product().sandboxUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, on }),
  });
  if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${name}: ${await response.text()}`);
}
