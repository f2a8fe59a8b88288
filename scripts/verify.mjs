// `npm run verify`: everything that must hold, in one command. Plain JavaScript, so that it can say what is missing on any
// Node and runs before anything is installed.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Signalbox needs Node 20.19 or newer, this is ${process.versions.node}: install a current Node and try again.`);
  process.exitCode = 1;
} else {
  const { verify } = await import('./verify/verify.mjs');
  process.exitCode = await verify(process.argv.slice(2));
}
