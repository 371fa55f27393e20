// The media as the service makes them. How they are laid out in the store is the business of releases.js.

const SUBJECTS = ['a calm', 'a painted', 'a stormy', 'a paper', 'a distant', 'a flooded'];
const SCENES = ['at dusk', 'in heavy rain', 'under two moons', 'seen from a boat', 'in winter', 'among gulls'];

const anyOf = (words) => words[Math.floor(Math.random() * words.length)];

/** A private text: the word `lighthouse` is what tests look for where no private text may be. */
const privatePrompt = () => `${anyOf(SUBJECTS)} lighthouse ${anyOf(SCENES)}, take ${Math.floor(Math.random() * 9000) + 1000}`;

const mediaUrl = (id, file) =>
  `https://media.standin.test/users/canary-user/generated/${id}/${file}?sig=${crypto.randomUUID().slice(0, 8)}`;

export function makeImage() {
  const id = crypto.randomUUID();
  const prompt = privatePrompt();
  return {
    id,
    prompt,
    originalPrompt: prompt,
    mediaUrl: mediaUrl(id, 'image.jpg'),
    createTime: new Date().toISOString(),
    moderated: false,
    width: 784,
    height: 1168,
    videos: [],
    childPosts: [],
    images: [],
  };
}

export const makeFavourite = (image) => ({ ...image, mediaType: 'MEDIA_POST_TYPE_IMAGE', progress: 100 });

/**
 * One attempt at a video of `image`.
 *
 * Every second attempt of an image (`number` even) is made without a prompt of its own, which the service calls the
 * mode "normal": two attempts show both forms of every field that depends on the mode.
 */
export function makeVideo(image, number) {
  const videoId = crypto.randomUUID();
  const custom = number % 2 === 1;
  return {
    videoId,
    parentPostId: image.id,
    progress: 0,
    moderated: false,
    mediaUrl: '',
    videoUrl: '',
    thumbnailImageUrl: mediaUrl(videoId, 'preview_image.jpg'),
    videoPrompt: custom ? privatePrompt() : '',
    createTime: new Date().toISOString(),
    videoDuration: 6,
    mode: custom ? 'custom' : 'normal',
    width: 464,
    height: 688,
    resolutionName: '480p',
    modelName: 'imagine',
    rRated: false,
    imageReference: custom ? image.mediaUrl : '',
  };
}

export const refused = (video) => ({ ...video, progress: 100, moderated: true });

export const succeeded = (video) => ({
  ...video,
  progress: 100,
  mediaUrl: mediaUrl(video.videoId, 'video.mp4'),
  videoUrl: `users/canary-user/generated/${video.videoId}/generated_video.mp4`,
});
