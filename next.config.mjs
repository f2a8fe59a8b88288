/** Headers that do not change per request; the Content-Security-Policy carries a nonce and is set in proxy.ts. */
const SECURITY_HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
];

/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // The type check is a step of its own (npm run verify); a start must not wait for it, nor fail over a test file.
  typescript: { ignoreBuildErrors: true },
  // Drivers and native modules stay outside the bundle and load from node_modules as they are.
  serverExternalPackages: ['pg', '@clickhouse/client', 'pino'],
  headers: async () => [{ source: '/:path*', headers: SECURITY_HEADERS }],
};
