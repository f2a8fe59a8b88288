export function step(title: string, work: () => Promise<string | void>, options?: { slow?: boolean }): Promise<void>;
