// Mounts the page: which release, its store, its buttons, and the marks on <html> that tell when things are at rest.

import { openLibrary } from './library.js';
import { awaited, makeFavourite, makeImage, makeVideo, refused, succeeded } from './media.js';
import { releaseNamed } from './releases.js';
import { say, show } from './view.js';

const GENERATION_MS = 50;
const UNHURRIED_MS = 900;
const PARTS = 3;
const PATIENCE_MS = 5000;
const POST = /^\/imagine\/post\/([0-9a-f-]{36})$/;

const page = document.documentElement;
const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const currentId = () => POST.exec(location.pathname)?.[1] ?? null;

const extensionAtRest = () =>
  page.dataset.extension === undefined || (page.dataset.extension === 'ready' && page.dataset.extensionBusy === undefined);

/** Waits until an extension, if there is one, has taken in what the page shows. */
async function settle() {
  const end = performance.now() + PATIENCE_MS;
  await delay(0);
  while (!extensionAtRest() && performance.now() < end) await delay(5);
}

async function start(release) {
  const library = openLibrary(release);
  await library.hydrated();
  const attempts = new Map();
  let unhurried = false;
  const refresh = () => show(library, currentId());

  const nextVideo = (image) => {
    const number = (attempts.get(image.id) ?? library.videosOf(image.id).length) + 1;
    attempts.set(image.id, number);
    return makeVideo(image, number);
  };

  const openImage = () => library.images().find((image) => image.id === currentId());

  const actions = {
    async 'new-image'() {
      const image = makeImage();
      library.addImage(awaited(image));
      await delay(GENERATION_MS);
      history.pushState(null, '', `/imagine/post/${image.id}${location.search}`);
      library.addImage(image);
      if (release.listsUnfinished) library.begin({ ...nextVideo(image), progress: 40 });
    },
    favourite: async () => library.addFavourite(makeFavourite(openImage())),
    'video-success': () => generate(succeeded),
    'video-moderated': () => generate(refused),
  };

  async function generate(outcome) {
    const image = openImage();
    const videos = Array.from({ length: outcome === refused ? 1 : release.batch }, () => nextVideo(image));
    videos.forEach(library.begin);
    for (let part = 1; part <= PARTS; part++) {
      await delay((unhurried ? UNHURRIED_MS : GENERATION_MS) / PARTS);
      if (part < PARTS && release.listsUnfinished) for (const video of videos) library.advance(video, 30 * part);
    }
    for (const video of videos) library.finish(outcome(video));
  }

  const possible = (name) => {
    if (!release.answers) return 'The service gave no answer.';
    return name === 'new-image' || openImage() ? '' : 'Make an image first.';
  };

  async function act(name) {
    if (page.dataset.busy !== undefined) return;
    page.dataset.busy = 'yes';
    const obstacle = possible(name);
    say(obstacle || 'Working');
    try {
      if (!obstacle) await actions[name]();
      say(obstacle);
    } catch (error) {
      say(error.message);
    }
    await release.written();
    await settle();
    delete page.dataset.busy;
  }

  library.subscribe(refresh);
  for (const name of Object.keys(actions)) document.getElementById(name).addEventListener('click', () => act(name));
  // A generation that takes as long as one of the real site's would be seen in the making.
  document.getElementById('unhurried').addEventListener('click', () => {
    unhurried = !unhurried;
    say(unhurried ? 'Videos take their time.' : '');
  });
  window.addEventListener('popstate', refresh);
  if (release.answers) library.dropRefused();
  else library.write();
  refresh();
  await release.written();
}

document.getElementById('reload').addEventListener('click', () => location.reload());
try {
  await start(releaseNamed(new URLSearchParams(location.search).get('drift')));
  await settle();
  page.dataset.ready = 'yes';
} catch (error) {
  say(error.message);
  page.dataset.error = error.name;
}
