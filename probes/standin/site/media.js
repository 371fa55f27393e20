// The media as the service makes them. How they are laid out in the store is the business of releases.js.

const SUBJECTS = ['a calm', 'a painted', 'a stormy', 'a paper', 'a distant', 'a flooded'];
const SCENES = ['at dusk', 'in heavy rain', 'under two moons', 'seen from a boat', 'in winter', 'among gulls'];

const anyOf = (words) => words[Math.floor(Math.random() * words.length)];

/** A private text: the word `lighthouse` is what tests look for where no private text may be. */
const privatePrompt = () => `${anyOf(SUBJECTS)} lighthouse ${anyOf(SCENES)}, take ${Math.floor(Math.random() * 9000) + 1000}`;

const mediaUrl = (id, file) =>
  `https://media.standin.test/users/canary-user/generated/${id}/${file}?sig=${crypto.randomUUID().slice(0, 8)}`;

/**
 * One image as it is asked for: under an id that the page invents, until the service has answered with the real one.
 *
 * @param {{prompt?: string, rewritten?: string, address?: (id: string, file: string) => string}} asked  `address` says where
 *        the service puts a file.
 */
export function makeImage({ prompt = privatePrompt(), rewritten = prompt, address = mediaUrl, ...more } = {}) {
  const id = crypto.randomUUID();
  return {
    id,
    optimisticId: `temp-${id.slice(0, 8)}`,
    prompt: rewritten,
    originalPrompt: prompt,
    mediaUrl: address(id, 'image.jpg'),
    mediaType: 'MEDIA_POST_TYPE_IMAGE',
    createTime: new Date().toISOString(),
    moderated: false,
    width: 784,
    height: 1168,
    videos: [],
    childPosts: [],
    images: [],
    ...more,
  };
}

/** The image while the service makes it: the page knows it by the invented id alone, and it lies nowhere yet. */
export const awaited = (image) => ({ ...image, id: image.optimisticId, mediaUrl: '' });

export const makeFavourite = (image) => ({ ...image, progress: 100 });

/**
 * One attempt at a video of `image`.
 *
 * Every second attempt of an image (`number` even) is made without a prompt of its own, which the service calls the
 * mode "normal": two attempts show both forms of every field that depends on the mode.
 *
 * @param {{prompt?: string, reference?: string, address?: (id: string, file: string) => string}} asked  An empty `prompt`
 *        asks for the mode "normal".
 */
export function makeVideo(image, number, asked = {}) {
  const { prompt = number % 2 === 1 ? privatePrompt() : '', address = mediaUrl, ...more } = asked;
  const videoId = crypto.randomUUID();
  return {
    videoId,
    parentPostId: image.id,
    progress: 0,
    moderated: false,
    mediaUrl: '',
    videoUrl: '',
    thumbnailImageUrl: address(videoId, 'preview_image.jpg'),
    videoPrompt: prompt,
    createTime: new Date().toISOString(),
    videoDuration: 6,
    mode: prompt === '' ? 'normal' : 'custom',
    width: 464,
    height: 688,
    resolutionName: '480p',
    modelName: 'imagine',
    rRated: false,
    imageReference: prompt === '' ? '' : image.mediaUrl,
    ...more,
  };
}

export const refused = (video) => ({ ...video, progress: 100, moderated: true });

export const succeeded = (video, address = mediaUrl) => ({
  ...video,
  progress: 100,
  mediaUrl: address(video.videoId, 'video.mp4'),
  videoUrl: `users/canary-user/generated/${video.videoId}/generated_video.mp4`,
});
