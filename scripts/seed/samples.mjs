/** Sample users, identified by their e-mail. */
export const USERS = [
  { email: 'minji.kim@example.com', name: '김민지' },
  { email: 'alice.martin@example.com', name: 'Alice Martin' },
  { email: 'junho.lee@example.com', name: '이준호' },
  { email: 'bob.weber@example.com', name: 'Bob Weber' },
];

/** Sample products, identified by name and category. Prices are in minor units: cents, won. */
export const PRODUCTS = [
  {
    name: 'Desk lamp',
    description: 'Warm light, dimmable',
    category: 'lighting',
    price: 3990,
    currency: 'EUR',
    stock: 40,
  },
  {
    name: 'Floor lamp',
    description: '1.6 m, oak',
    category: 'lighting',
    price: 8900,
    currency: 'EUR',
    stock: 12,
  },
  {
    name: 'Standing desk',
    description: '140 x 70 cm',
    category: 'furniture',
    price: 34900,
    currency: 'EUR',
    stock: 8,
  },
  {
    name: '사무용 의자',
    description: '메쉬 등받이',
    category: 'furniture',
    price: 189000,
    currency: 'KRW',
    stock: 25,
  },
  {
    name: '기계식 키보드',
    description: '한/영 각인, 갈축',
    category: 'electronics',
    price: 129000,
    currency: 'KRW',
    stock: 60,
  },
];
