// `npm start`: the main job where no command is given, any other after `--`.
if (process.argv.length === 2) process.argv.push('compare', '--topology', '250cpu.json');
await import('./rss-err.js');
