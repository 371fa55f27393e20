export interface Attempt {
  videoId: string;
  moderated: boolean;
  mediaUrl: string;
  progress: number;
}

export interface MediaStore {
  state: {
    videoByMediaId: Record<string, (Attempt | null)[] | undefined>;
    imageByMediaId: Record<string, { prompt: string }[] | undefined>;
  };
  version: number;
}

export interface Derived {
  videosGenerated: number;
  creditsUsed: number;
  moderatedCount: number;
  successfulCount: number;
  videoGroup: string[];
  imagePrompt: string | null;
}
