/**
 * The object as it is, save for the given methods. Every other method runs on the object itself and not on the overlay,
 * since Ax's services hold `#private` fields that a proxy has not got. The object is never changed.
 */
export function overlay<T extends object>(target: T, methods: { [K in keyof T]?: T[K] }): T {
  // A proxy may not answer otherwise for a frozen property; a frozen object goes unobserved rather than broken.
  if (Object.isFrozen(target)) return target;
  return new Proxy(target, {
    get(object, key) {
      if (Object.hasOwn(methods, key)) return methods[key as keyof T];
      const value: unknown = Reflect.get(object, key, object);
      return typeof value === 'function' && key !== 'constructor' ? value.bind(object) : value;
    },
    set: (object, key, value) => Reflect.set(object, key, value, object),
  });
}
