export declare function freePort(): Promise<number>;
export declare function isFreePort(port: number): Promise<boolean>;
