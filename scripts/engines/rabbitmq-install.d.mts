export function installRabbitMq(run: (command: string[]) => Promise<boolean>): Promise<void>;
