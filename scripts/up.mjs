// `npm run up`: from a bare checkout to a running Signalbox. Plain JavaScript without imports, so that it can say what is
// missing on any Node; the rest is loaded once that is known to work.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Signalbox needs Node 20.19 or newer, this is ${process.versions.node}: install a current Node and try again.`);
  process.exitCode = 1;
} else {
  void import('./up/bootstrap.mjs').then(({ bootstrap }) => bootstrap(process.argv.slice(2)));
}
