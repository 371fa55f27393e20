// Serves the stand-in to a person's own browser: the same mapping of paths as standin.toml gives the probe.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PORT = 8123;
const ROOT = dirname(fileURLToPath(import.meta.url));
const TYPES = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.ndjson': 'application/x-ndjson',
  '.sse': 'text/event-stream',
};

// The feed: which releases serve its document, and its answers, with other names.
const FEED = { '/feed': 'index.html', '/api/feed': 'feed.json', '/api/feed.ndjson': 'feed.ndjson', '/api/feed/events': 'feed.sse' };
const renamed = (path, release) =>
  release === 'rename-everywhere' || release === (path === '/feed' ? 'rename-in-document' : 'rename-in-answers');

function feedFile(path, release) {
  const [name, ending] = FEED[path].split('.');
  return join(ROOT, 'site', 'feed', `${name}${renamed(path, release) ? '-renamed' : ''}.${ending}`);
}

function fileFor(path, release) {
  if (Object.hasOwn(FEED, path)) return feedFile(path, release);
  if (path === '/' || path.startsWith('/imagine/post/')) return join(ROOT, 'site', 'index.html');
  const file = normalize(join(ROOT, decodeURIComponent(path)));
  const open = ['site', join('node_modules', 'zustand')].some((folder) => file.startsWith(join(ROOT, folder) + sep));
  return open ? file : null;
}

createServer(async (request, response) => {
  try {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const file = fileFor(pathname, searchParams.get('drift'));
    const body = await readFile(file ?? '');
    response.writeHead(200, { 'content-type': `${TYPES[extname(file)] ?? 'application/octet-stream'}; charset=utf-8` });
    response.end(body);
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end('Not found\n');
  }
}).listen(PORT, 'localhost', () => console.log(`The stand-in is at http://localhost:${PORT}/`));
