export const nativeImage = {};
