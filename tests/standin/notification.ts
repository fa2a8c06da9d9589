export const Notification = {};
