// The page: one article for an image, with its videos. Extensions watch this, so ids and outcomes are in the DOM.

const element = (tag, properties = {}, children = []) => {
  const { data = {}, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, data);
  node.append(...children);
  return node;
};

const hueOf = (id) => parseInt(id.slice(0, 4), 16) % 360;

const coloured = (node, id) => {
  node.style.setProperty('--hue', hueOf(id));
  return node;
};

function resultOf(video) {
  const data = { videoId: video.videoId };
  if (video.progress < 100) {
    const bar = element('progress', { max: 100, value: video.progress });
    return ['in the making', element('div', { className: 'unfinished', data }, [bar])];
  }
  if (video.moderated) {
    return ['refused', element('div', { className: 'refused', textContent: 'no video', data: { ...data, outcome: 'moderated' } })];
  }
  const film = element('video', { preload: 'none', src: video.mediaUrl, data: { ...data, outcome: 'success' } });
  return [`${video.mode} mode`, coloured(film, video.videoId)];
}

function figureOf(video) {
  const [caption, result] = resultOf(video);
  return element('li', {}, [element('figure', {}, [result, element('figcaption', { textContent: caption })])]);
}

function articleOf(image, place, { library, current }) {
  const data = { imageId: image.id, ...(image.id === current && { current: 'yes' }) };
  const picture = coloured(element('div', { className: 'picture' }), image.id);
  const own = element('li', {}, [
    element('figure', {}, [picture, element('figcaption', { textContent: library.isFavourite(image.id) ? 'favourite' : 'image' })]),
  ]);
  return element('article', { data }, [
    element('h2', { textContent: `Image ${place + 1}` }),
    element('p', { className: 'prompt', textContent: image.prompt }),
    element('ol', {}, [own].concat(library.videosOf(image.id).map(figureOf))),
  ]);
}

/** Shows every image of the library; `current` is the id of the open one, or null. */
export function show(library, current) {
  const articles = library.images().map((image, place) => articleOf(image, place, { library, current }));
  document.getElementById('gallery').replaceChildren(...articles);
}

export function say(text) {
  document.getElementById('status').textContent = text;
}
