// What the page shows, read from the DOM alone; only panel.js looks at the site's store, and never writes it.

/** Every image on the page, with the finished attempts at its videos in the order shown. */
function imagesOnPage() {
  return [...document.querySelectorAll('article[data-image-id]')].map((article) => ({
    id: article.dataset.imageId,
    prompt: article.querySelector('.prompt')?.textContent ?? '',
    attempts: [...article.querySelectorAll('[data-video-id][data-outcome]')].map((result) => ({
      id: result.dataset.videoId,
      moderated: result.dataset.outcome === 'moderated',
    })),
  }));
}

/** Calls `look` whenever an article or a result was added or changed. */
function watchPage(look) {
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}

/** A record in the storage of the tab; null when there is none. */
function tabRecord(key) {
  const text = sessionStorage.getItem(key);
  return text === null ? null : JSON.parse(text);
}

function keepTabRecord(key, record) {
  sessionStorage.setItem(key, JSON.stringify(record));
}
