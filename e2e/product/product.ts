/** Roles of the people whom the first start creates. */
export type Role = 'admin' | 'noc' | 'engineer' | 'approver' | 'viewer' | 'finance' | 'supply' | 'auditor';

/** A running product, as its start announces it. */
export interface Product {
  url: string;
  sandboxUrl: string;
  /** Where it takes OpenTelemetry over HTTP. */
  otlpUrl: string;
  dataDir: string;
  accounts: { email: string; password: string; role: Role }[];
}

/** Carries the product from the global setup to the test processes, and lets a developer test one that runs already. */
export const PRODUCT_VARIABLE = 'SIGNALBOX_E2E';

/** @throws Error when the global setup did not run */
export function product(): Product {
  const text = process.env[PRODUCT_VARIABLE];
  if (text === undefined) throw new Error(`${PRODUCT_VARIABLE} is not set: run the tests with playwright test.`);
  return JSON.parse(text) as Product;
}
