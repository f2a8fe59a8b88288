'use client';

/** What pages need of next-auth, so that it has one importer and can be replaced. */
export { signIn, signOut } from 'next-auth/react';
