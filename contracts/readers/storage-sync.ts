// What the hook of phase 1 derives of one image, each time it looks at the storage: everything or nothing. It reads both
// maps without a doubt, so that where one of them cannot be read, nothing of the other is shown either.

export interface MediaItem {
  id?: string;
  videoId?: string;
  moderated?: boolean;
  mediaUrl: string;
  prompt?: string;
  originalPrompt?: string;
}

export interface MediaStore {
  state: {
    videoByMediaId: Record<string, (MediaItem | null)[] | undefined>;
    imageByMediaId: Record<string, MediaItem[] | undefined>;
  };
  version: number;
}

export interface GrokStorage {
  videosGenerated: number;
  creditsUsed: number;
  moderatedCount: number;
  successfulCount: number;
  videoGroup: string[];
  originalImagePrompt: string | null;
  parentImageUrl: string | null;
}

export function grokStorage(site: MediaStore | null, parentImageId: string): GrokStorage | null {
  if (!site) return null;
  try {
    const { videoByMediaId, imageByMediaId } = site.state;
    const image = imageByMediaId[parentImageId]?.[0] ?? null;
    const videos = (videoByMediaId[parentImageId] ?? []).filter((video): video is MediaItem => Boolean(video?.videoId));
    return {
      videosGenerated: videos.length,
      creditsUsed: videos.length,
      moderatedCount: videos.filter((video) => video.moderated).length,
      successfulCount: videos.filter((video) => !video.moderated && video.mediaUrl).length,
      videoGroup: videos.map((video) => video.videoId as string).sort(),
      originalImagePrompt: image && (image.originalPrompt || image.prompt || null),
      parentImageUrl: image && image.mediaUrl,
    };
  } catch (error: unknown) {
    console.error("the storage could not be read", error);
    return null;
  }
}
