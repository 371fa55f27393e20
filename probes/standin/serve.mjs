// Serves the stand-in to a person's own browser: the same mapping of paths as standin.toml gives the probe.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PORT = 8123;
const ROOT = dirname(fileURLToPath(import.meta.url));
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.mjs': 'text/javascript' };

function fileFor(path) {
  if (path === '/' || path.startsWith('/imagine/post/')) return join(ROOT, 'site', 'index.html');
  const file = normalize(join(ROOT, decodeURIComponent(path)));
  const open = ['site', join('node_modules', 'zustand')].some((folder) => file.startsWith(join(ROOT, folder) + sep));
  return open ? file : null;
}

createServer(async (request, response) => {
  try {
    const file = fileFor(new URL(request.url, 'http://localhost').pathname);
    const body = await readFile(file ?? '');
    response.writeHead(200, { 'content-type': `${TYPES[extname(file)] ?? 'application/octet-stream'}; charset=utf-8` });
    response.end(body);
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end('Not found\n');
  }
}).listen(PORT, 'localhost', () => console.log(`The stand-in is at http://localhost:${PORT}/`));
