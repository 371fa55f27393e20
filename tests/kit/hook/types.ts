export interface Attempt {
  videoId: string;
  moderated: boolean;
  mediaUrl: string;
  progress: number;
}

export interface Image {
  prompt: string;
  originalPrompt?: string;
  mediaUrl: string;
}

export interface MediaStore {
  state: {
    videoByMediaId: Record<string, (Attempt | null)[] | undefined>;
    imageByMediaId: Record<string, Image[] | undefined>;
  };
  version: number;
}

export interface Derived {
  videosGenerated: number;
  creditsUsed: number;
  moderatedCount: number;
  successfulCount: number;
  videoGroup: string[];
  originalImagePrompt: string | null;
  parentImageUrl: string | null;
}
