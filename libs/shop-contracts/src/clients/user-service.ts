// Written by `npm run docs` from the OpenAPI document of the service.

export interface paths {
  '/users': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List users */
    get: operations['UsersController_list'];
    put?: never;
    /** Create a user */
    post: operations['UsersController_create'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/users/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Get a user */
    get: operations['UsersController_get'];
    /** Replace a user; read-only members may be sent with their current values */
    put: operations['UsersController_replace'];
    post?: never;
    /** Delete a user */
    delete: operations['UsersController_remove'];
    options?: never;
    head?: never;
    /** Update a user */
    patch: operations['UsersController_change'];
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    DeadLetters: {
      attempts: number;
      error: string;
      /** @description CloudEvents 1.0 in JSON */
      event: Record<string, never>;
      /** Format: date-time */
      parkedAt: string;
    }[];
    Health: {
      details: Record<string, never>;
      error: Record<string, never>;
      info: Record<string, never>;
      status: string;
    };
    Problem: {
      detail: string;
      /** @description every invalid member of the request */
      errors?: {
        detail: string;
        /** @description JSON pointer (RFC 6901) */
        pointer: string;
      }[];
      /** @description the request path */
      instance: string;
      requestId: string;
      status: number;
      title: string;
      /**
       * Format: uri
       * @description the gateway explains the last part at `/docs/problems`
       * @example urn:msa-gateway:problem:not-found
       */
      type: string;
    } & {
      [key: string]: unknown;
    };
    User: components['schemas']['UserDto'] & {
      /** Format: date-time */
      readonly createdAt: string;
      /** Format: uuid */
      readonly id: string;
      /** Format: date-time */
      readonly updatedAt: string;
    };
    UserDto: {
      /** Format: email */
      email: string;
      name: string;
    };
    UserPage: {
      /** @description number of items in the whole list, if the request asks for it */
      count?: number;
      items: components['schemas']['User'][];
      /** @description cursor of the next page; null on the last page */
      nextCursor: string | null;
    };
    UserPatchDto: {
      /** Format: date-time */
      createdAt?: string;
      /** Format: email */
      email?: string;
      /** Format: uuid */
      id?: string;
      name?: string;
      /** Format: date-time */
      updatedAt?: string;
    };
    UserReplacementDto: {
      /** Format: date-time */
      createdAt?: string;
      /** Format: email */
      email: string;
      /** Format: uuid */
      id?: string;
      name: string;
      /** Format: date-time */
      updatedAt?: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  UsersController_list: {
    parameters: {
      query?: {
        /** @description adds `count` to the response: `exact` takes time in proportion to the number of items, `estimate` does not */
        count?: 'exact' | 'estimate';
        /** @description created at this time or later */
        createdFrom?: string;
        /** @description created before this time */
        createdTo?: string;
        cursor?: string;
        /** @description the user with this address, in any case */
        email?: string;
        limit?: number;
        /** @description words of the name and the address, in any case */
        q?: string;
        /** @description order of the items; `-` for descending */
        sort?: 'createdAt' | '-createdAt' | 'name' | '-name';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description OK */
      200: {
        headers: {
          /** @description the next page, unless this is the last one (RFC 8288) */
          link?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "email": "ada.lovelace@example.com",
           *           "name": "Ada Lovelace",
           *           "id": "0197c0de-0000-7000-8000-000000000000",
           *           "createdAt": "2026-01-01T12:00:00.000Z",
           *           "updatedAt": "2026-01-02T09:30:00.000Z"
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['UserPage'];
        };
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  UsersController_create: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "email": "ada.lovelace@example.com",
         *       "name": "Ada Lovelace"
         *     }
         */
        'application/json': components['schemas']['UserDto'];
      };
    };
    responses: {
      /** @description Created */
      201: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "email": "ada.lovelace@example.com",
           *       "name": "Ada Lovelace",
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-02T09:30:00.000Z"
           *     }
           */
          'application/json': components['schemas']['User'];
        };
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Conflict */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Payload Too Large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Unsupported Media Type */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  UsersController_get: {
    parameters: {
      query?: never;
      header?: {
        /** @description 304 when the resource still has one of these versions */
        'If-None-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /users
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description OK */
      200: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "email": "ada.lovelace@example.com",
           *       "name": "Ada Lovelace",
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-02T09:30:00.000Z"
           *     }
           */
          'application/json': components['schemas']['User'];
        };
      };
      /** @description Not Modified */
      304: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  UsersController_replace: {
    parameters: {
      query?: never;
      header?: {
        /** @description 412 unless the resource has one of these versions */
        'If-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /users
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "email": "ada.king@example.com",
         *       "name": "Ada King"
         *     }
         */
        'application/json': components['schemas']['UserReplacementDto'];
      };
    };
    responses: {
      /** @description OK */
      200: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "email": "ada.lovelace@example.com",
           *       "name": "Ada Lovelace",
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-02T09:30:00.000Z"
           *     }
           */
          'application/json': components['schemas']['User'];
        };
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Conflict */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Precondition Failed */
      412: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Payload Too Large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Unsupported Media Type */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  UsersController_remove: {
    parameters: {
      query?: never;
      header?: {
        /** @description 412 unless the resource has one of these versions */
        'If-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /users
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description No Content */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Precondition Failed */
      412: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  UsersController_change: {
    parameters: {
      query?: never;
      header?: {
        /** @description 412 unless the resource has one of these versions */
        'If-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /users
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Ada Byron"
         *     }
         */
        'application/json': components['schemas']['UserPatchDto'];
        /**
         * @example {
         *       "name": "Ada Byron"
         *     }
         */
        'application/merge-patch+json': components['schemas']['UserPatchDto'];
      };
    };
    responses: {
      /** @description OK */
      200: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "email": "ada.lovelace@example.com",
           *       "name": "Ada Lovelace",
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-02T09:30:00.000Z"
           *     }
           */
          'application/json': components['schemas']['User'];
        };
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Conflict */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Precondition Failed */
      412: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Payload Too Large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Unsupported Media Type */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
}
