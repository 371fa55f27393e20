// Shows a feed that no storage holds: it stands in the document, in a global, and in what the server answers.

const release = new URLSearchParams(location.search).get('drift') ?? '';
const page = document.documentElement;

// A release of the server is asked for by name; one that it does not have answers as ever.
const asked = (path) => fetch(`${path}${release && `?drift=${release}`}`);

/** The page's own view of the feed, which it makes itself: a release may name its fields otherwise. */
function shown({ items }) {
  const name = ['rename-in-window', 'rename-everywhere'].includes(release) ? 'viewCount' : 'views';
  return { items: items.map(({ views, viewCount, ...item }) => ({ ...item, [name]: views ?? viewCount })), next: null };
}

async function start() {
  const feed = await (await asked('/api/feed')).json();
  await (await asked('/api/feed.ndjson')).text();
  await (await asked('/api/feed/events')).text();
  window.APP = { feed: shown(feed), root: page };
  document.getElementById('status').textContent = `${feed.items.length} items`;
}

try {
  await start();
  page.dataset.ready = 'yes';
} catch (error) {
  page.dataset.error = error.name;
}
