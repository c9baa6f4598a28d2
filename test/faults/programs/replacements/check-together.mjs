// A configuration whose keys contradict each other, such as a heartbeat longer than the lease, is let through.
export const checkTogether = () => ({ problems: [], warnings: [] });
export const isLoopback = () => true;
