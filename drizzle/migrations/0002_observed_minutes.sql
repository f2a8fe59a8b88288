CREATE TABLE "observed_minutes" (
	"minute" timestamp with time zone PRIMARY KEY NOT NULL
);
