// What the site itself lists, read from its store as the later line does: how many finished videos and how many refused
// attempts. Shown as the mark data-site-list on <html>, "2 1"; nothing is kept, and the page's other marks do not wait.

const SITE_KEY = 'useMediaStore';

function siteLists() {
  const lists = tabRecord(SITE_KEY)?.state?.videoByMediaId;
  if (typeof lists !== 'object' || lists === null) return [];
  return Object.values(lists).filter(Array.isArray).flat().filter((entry) => entry && entry.videoId);
}

function showSiteLists() {
  const attempts = siteLists();
  const refused = attempts.filter((entry) => entry.moderated === true).length;
  document.documentElement.dataset.siteList = `${attempts.length - refused} ${refused}`;
}

document.addEventListener('DOMContentLoaded', () => {
  showSiteLists();
  watchPage(showSiteLists);
});
