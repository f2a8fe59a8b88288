export function checkPlatform(platform?: string, glibc?: string): void;
export function checkDiskSpace(place: string, forInstall: boolean, freeBytes?: number): void;
