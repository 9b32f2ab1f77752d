import { RegisterInstanceDto } from '#contracts';
import { ValidationPipe } from '#service-kit';

const pipe = new ValidationPipe();

/** Applies the rules of `POST /discovery/register`. @throws validationFailed */
export const validRegistration = (registration: RegisterInstanceDto): RegisterInstanceDto =>
  pipe.transform(registration, { type: 'body', metatype: RegisterInstanceDto }) as RegisterInstanceDto;
