-- Who may do what: projects, the keys that applications call with, the people who use the console, and how they
-- sign in. Secrets are kept as SHA-256 digests; they are random and long, so a digest needs no salt. Ids are text
-- made by the caller (`project_...`, `key_...`), so that they are known before the row is written.

CREATE TABLE projects (
    project_id text PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
    key_id text PRIMARY KEY,
    project_id text NOT NULL REFERENCES projects (project_id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    -- The first characters, enough to recognise the key in a list.
    prefix text NOT NULL,
    sha256 text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    -- The key itself, sealed with secret.key; only for the bootstrap key, which the quickstart shows.
    sealed bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_keys_by_project ON api_keys (project_id, created_at);

CREATE TABLE users (
    user_id text PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('administrator')),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
    session_sha256 text PRIMARY KEY CHECK (session_sha256 ~ '^[0-9a-f]{64}$'),
    user_id text NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE sign_in_links (
    token_sha256 text PRIMARY KEY CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
    user_id text NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    -- A link opens once: whoever uses it sets this in the same statement that checks that it is null.
    used_at timestamptz
);

-- One row: the version of everything that the gateway's snapshot is compiled from. Each change raises it.
CREATE TABLE config_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO config_version (version) VALUES (1);
