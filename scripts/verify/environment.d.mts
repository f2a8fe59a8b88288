export function testEnvironment(environment: NodeJS.ProcessEnv, options: { soak: boolean }): NodeJS.ProcessEnv;
