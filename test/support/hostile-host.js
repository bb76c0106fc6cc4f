/**
 * A process that runs one command line of the program after the other, each with what a connection
 * brings as its standard input, and measures time and memory of each. Its first argument is the path
 * of the socket; the first line of a connection is the command line as JSON.
 */
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { Writable } from 'node:stream';
import { main } from '../../dist/main.js';

/** A descriptor that is neither a directory nor a terminal. */
const nothing = openSync('/dev/null', 'r');

function outputOf() {
  let text = '';
  const stream = new Writable({
    decodeStrings: false,
    write(piece, _encoding, done) {
      text += piece;
      done();
    },
  });
  return { stream, text: () => text };
}

/** VmHWM, and not ru_maxrss, which cannot be set back to what the process holds now. */
function peakMiB() {
  return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
}

async function run(args, stdin) {
  const [stdout, stderr] = [outputOf(), outputOf()];
  globalThis.gc();
  // Documentation/filesystems/proc.rst: 5 sets the peak to the current value.
  writeFileSync('/proc/self/clear_refs', '5');
  const started = performance.now();
  const code = await main(args, {
    stdin: Object.assign(stdin, { fd: nothing }),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: {},
  });
  const seconds = (performance.now() - started) / 1000;
  return { code, stdout: stdout.text(), stderr: stderr.text(), seconds, peakMiB: peakMiB() };
}

const server = createServer({ allowHalfOpen: true }, (socket) => {
  // The test is still writing where the program has seen enough.
  socket.on('error', () => {});
  let head = Buffer.alloc(0);
  socket.on('data', function onHead(chunk) {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\n');
    if (end < 0) return;
    socket.off('data', onHead).pause();
    socket.unshift(head.subarray(end + 1));
    run(JSON.parse(head.subarray(0, end).toString()), socket).then((result) => {
      process.send(result);
      socket.destroy();
    });
  });
});

process.on('disconnect', () => process.exit());
server.listen(process.argv[2], () => process.send('ready'));
